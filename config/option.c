/* SPDX-License-Identifier: MIT */
#include "config/option.h"

#include "config/config.h"

const struct option options[OPTIONS] = {
#define OPT(field, name, section, type, built_in, least, most, reach, help)                        \
    { name,          section, OPTION_##type,                                                       \
      built_in,      least,   most,                                                                \
      REACH_##reach, help,    offsetof(struct settings, field) },
    OPTION_TABLE(OPT)
#undef OPT
};

const struct rule_word rule_words[RULE_WORDS] = {
#define RULE(name, is_include, help) { name, is_include, help },
    RULE_TABLE(RULE)
#undef RULE
};

const struct section sections[SECTIONS] = {
#define SECTION(name, help) { name, help },
    SECTION_TABLE(SECTION)
#undef SECTION
};

const struct option *option_find(struct bytes name)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (bytes_equal(bytes_from_string(options[i].name), name))
            return &options[i];
    return NULL;
}

const struct rule_word *rule_word_find(struct bytes name)
{
    for (size_t i = 0; i < RULE_WORDS; i++)
        if (bytes_equal(bytes_from_string(rule_words[i].name), name))
            return &rule_words[i];
    return NULL;
}

bool option_section_exists(struct bytes section)
{
    for (size_t i = 0; i < SECTIONS; i++)
        if (bytes_equal(bytes_from_string(sections[i].name), section))
            return true;
    return false;
}

size_t config_option_names(const char *const **names)
{
    static const char *const all[] = {
#define OPT(field, name, ...) name,
        OPTION_TABLE(OPT)
#undef OPT
#define RULE(name, ...) name,
            RULE_TABLE(RULE)
#undef RULE
    };
    *names = all;
    return sizeof(all) / sizeof(all[0]);
}
