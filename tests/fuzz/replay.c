/* SPDX-License-Identifier: MIT
 *
 * replay - runs a fuzz target over its corpus without a fuzzer: what `make check` does.
 *
 * The corpus of fuzz_NAME is tests/fuzz/corpus/NAME/; each file is one test. A crash ends the
 * program, and the name of the file that did it was printed before.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        if (file)
            fclose(file);
        return 0;
    }
    uint8_t *data = malloc((size_t)about.st_size + 1);
    size_t size = data ? fread(data, 1, (size_t)about.st_size, file) : 0;
    fclose(file);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

int main(int argc, char **argv)
{
    const char *name = strstr(argv[0], "fuzz_");
    char folder[512];
    snprintf(folder, sizeof(folder), "%s%s", argc > 1 ? "" : "tests/fuzz/corpus/",
             argc > 1 ? argv[1]
             : name   ? name + 5
                      : "");
    DIR *corpus = opendir(folder);
    if (!corpus) {
        printf("no corpus in %s\n", folder);
        return EXIT_FAILURE;
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(corpus)) != NULL;) {
        char path[1024];
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        count += replay_file(path);
    }
    closedir(corpus);
    printf("%d passed, 0 failed\n", count);
    return EXIT_SUCCESS;
}
