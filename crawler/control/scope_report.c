/* SPDX-License-Identifier: MIT */
#include "crawler/control/scope_report.h"

#include "base/json.h"
#include "base/printable.h"

static const char *word_of(const struct scope_rule *rule)
{
    return rule->is_include ? "include" : "exclude";
}

/* ---- For people */

static void print_line(struct buf *out, const char *name, struct bytes value)
{
    buf_printf(out, "%-10s ", name);
    printable_append(out, value, PRINTABLE_LINE);
    buf_append_char(out, '\n');
}

static void print_rule(void *owner, const struct scope_rule *rule, enum scope_verdict verdict)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_printf(&text, "%s:%u: ", rule->file, rule->line);
    if (rule->host)
        buf_printf(&text, "[host \"%s\"] ", rule->host);
    buf_printf(&text, "%s = %s: %s", word_of(rule), rule->pattern, scope_verdict_text(verdict));
    print_line(owner, "rule", buf_bytes(&text));
    buf_clear(&text);
}

static void print_report(const struct scope *scope, const struct url *url, uint32_t depth,
                         struct buf *out)
{
    struct scope_answer answer;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, scope_has(scope, url, depth, &answer) ? "in: " : "out: ");
    scope_answer_print(&answer, &text);
    print_line(out, "url", url_bytes(url));
    print_line(out, "scope", buf_bytes(&text));
    buf_printf(out, "%-10s %u\n", "depth", depth);
    scope_try_rules(scope, url, depth, print_rule, out);
    buf_clear(&text);
}

/* ---- For programs */

static void json_members(struct json *json, const struct scope_rule *rule)
{
    json_text(json, "rule", word_of(rule));
    json_text(json, "pattern", rule->pattern);
    if (rule->host)
        json_text(json, "host", rule->host);
    json_text(json, "file", rule->file);
    json_unsigned(json, "line", rule->line);
}

static void json_rule(void *owner, const struct scope_rule *rule, enum scope_verdict verdict)
{
    struct json *json = owner;
    json_object_begin(json, NULL);
    json_members(json, rule);
    json_text(json, "verdict", scope_verdict_text(verdict));
    json_object_end(json);
}

static void json_report(const struct scope *scope, const struct url *url, uint32_t depth,
                        struct buf *out)
{
    struct scope_answer answer;
    struct json json;
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "url", url_bytes(url));
    json_unsigned(&json, "depth", depth);
    json_bool(&json, "in_scope", scope_has(scope, url, depth, &answer));
    json_text(&json, "decided_by", scope_reason_option(answer.reason));
    json_text(&json, "reason", scope_reason_text(answer.reason));
    if (answer.rule) {
        json_object_begin(&json, "by_rule");
        json_members(&json, answer.rule);
        json_object_end(&json);
    }
    json_array_begin(&json, "rules");
    scope_try_rules(scope, url, depth, json_rule, &json);
    json_array_end(&json);
    json_object_end(&json);
    buf_append_char(out, '\n');
}

void scope_report(const struct scope *scope, const struct url *url, uint32_t depth, bool is_json,
                  struct buf *out)
{
    if (is_json)
        json_report(scope, url, depth, out);
    else
        print_report(scope, url, depth, out);
}
