/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/proxy_login.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { FILE_BYTES_MOST = 1024 };

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static bool holds_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* What is wrong with the file, or NULL; its first line into text. */
static const char *read_line(const char *path, char text[FILE_BYTES_MOST])
{
    struct stat facts;
    const char *wrong = NULL;
    ssize_t length = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &facts) != 0)
        wrong = "cannot be read";
    else if (!S_ISREG(facts.st_mode))
        wrong = "is no file";
    else if (facts.st_mode & (S_IRWXG | S_IRWXO))
        wrong = "can be read by others: chmod 600 it";
    else if ((length = read(file, text, FILE_BYTES_MOST - 1)) < 0)
        wrong = "cannot be read";
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return wrong ? wrong : text[0] ? NULL : "is empty";
}

static char *from_file(const char *path, char **problem)
{
    char text[FILE_BYTES_MOST];
    const char *wrong = read_line(path, text);
    char *found = wrong ? NULL : xstrdup(text);
    explicit_bzero(text, sizeof(text));
    if (wrong)
        *problem = xasprintf("the file %s, for its login, %s", path, wrong);
    return found;
}

static char *from_environment(const char *name, const char *(*environment)(const char *name),
                              char **problem)
{
    const char *value = environment(name);
    if (value && *value)
        return xstrdup(value);
    *problem = xasprintf("the environment variable %s, for its login, is not set", name);
    return NULL;
}

/* Replaces what stands in *part by what it speaks of. */
static bool find_part(char **part, bool may_stand_here,
                      const char *(*environment)(const char *name), char **problem)
{
    const char *text = *part;
    char *found = NULL;
    if (!text || (may_stand_here && text[0] != '$' && text[0] != '@'))
        return true;
    if (text[0] == '$')
        found = from_environment(text + 1, environment, problem);
    else if (text[0] == '@')
        found = from_file(text + 1, problem);
    else
        *problem = xstrdup("its password stands in the configuration: put it into an environment "
                           "variable or a file, and write $NAME or @/FILE in its place");
    if (found && holds_control(found)) {
        *problem = xstrdup("its login holds a control character");
        wipe(found);
        found = NULL;
    }
    if (!found)
        return false;
    wipe(*part);
    *part = found;
    return true;
}

bool proxy_login_find(struct proxy *proxy, const char *(*environment)(const char *name),
                      char **problem)
{
    return find_part(&proxy->user, true, environment, problem) &&
           find_part(&proxy->password, false, environment, problem);
}
