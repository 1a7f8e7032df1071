/* SPDX-License-Identifier: MIT
 *
 * The members that the manual explains are those that are written: in answers from crawls in many
 * states, every member has its line, and every line a member.
 */
#include "suite.h"

#include "answering.h"
#include "crawler/control/fields.h"

enum { FIELDS_MOST = 256 };

static bool was_written[FIELDS_MOST]; /* Of the list under way. */

/* A member at this path. What holds others needs no line of its own. */
static void note_path(const struct field_list *list, const char *path, bool is_leaf)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->fields[i].name, path) == 0) {
            was_written[i] = true;
            return;
        }
    ck_assert_msg(!is_leaf, "%s: no line on %s", list->command, path);
}

static void note_value(const struct field_list *list, const char *path, json_t *value)
{
    char below[256];
    const char *name;
    json_t *item;
    size_t index;
    bool is_top = path[0] == '\0';
    if (!is_top)
        note_path(list, path, !json_is_object(value) && !json_is_array(value));
    json_object_foreach(value, name, item)
    {
        snprintf(below, sizeof(below), "%s%s%s", path, is_top ? "" : ".", name);
        note_value(list, below, item);
    }
    json_array_foreach(value, index, item)
    {
        snprintf(below, sizeof(below), "%s[]", path);
        note_value(list, below, item);
    }
}

static void note_reply(const struct field_list *list)
{
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    keep_rest(from);
    json_t *json = reply_as_json();
    note_value(list, "", json);
    json_decref(json);
}

static void check_all(const struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        ck_assert_msg(was_written[i], "%s: %s is never written", list->command,
                      list->fields[i].name);
        const char *what = list->fields[i].what;
        ck_assert_msg(what[strlen(what) - 1] != '.', "%s: %s", list->command, what);
    }
}

static void open_crawl(void)
{
    open_answerer(SEED);
    memset(was_written, 0, sizeof(was_written));
    visited_page(&crawl, SEED, "one");
    struct come same = { .outcome = OUTCOME_PAGE, .status = 200, .content = "one", .referrer = 1 };
    visited_visit(&crawl, A, &same);
    visited_visit(&crawl, A, &same);
    struct txn *txn = database_begin(crawl.tables.database);
    consumer_put(crawl.tables.changes, txn, "index", 1, START);
    frontier_pause(crawl.tables.frontier, txn, BYTES("*.c.test"));
    database_commit(txn);
}

START_TEST(every_member_of_status_has_its_line)
{
    const struct field_list *list = &field_lists[FIELDS_STATUS];
    open_crawl();
    for (int i = 0; i < 2; i++) {
        answerer.run.is_running = i == 1;
        pack_u8(&question, STATUS_JSON);
        pack_u8(&question, true);
        pack_number(&question, 0);
        ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
        note_reply(list);
    }
    check_all(list);
    close_answerer();
}
END_TEST

START_TEST(every_member_of_explain_has_its_line)
{
    static const char *const urls[] = { SEED, A, B, "http://127.0.0.1/", "http://example.org/old" };
    const struct field_list *list = &field_lists[FIELDS_EXPLAIN];
    const struct come moved = { .outcome = OUTCOME_REDIRECT, .status = 301, .reason = A };
    open_crawl();
    visited_visit(&crawl, "http://example.org/old", &moved);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        pack_bytes(&question, bytes_from_string(urls[i]));
        pack_bytes(&question, bytes_from_string(urls[i]));
        pack_u8(&question, true);
        pack_bytes(&question, (struct bytes){ 0 });
        pack_number(&question, 0);
        ck_assert_int_eq(ask(QUESTION_EXPLAIN), STATUS_OK);
        note_reply(list);
    }
    check_all(list);
    close_answerer();
}
END_TEST

START_TEST(every_member_of_hosts_has_its_line)
{
    const struct field_list *list = &field_lists[FIELDS_HOSTS];
    open_crawl();
    pack_bytes(&question, (struct bytes){ 0 });
    pack_bytes(&question, (struct bytes){ 0 });
    pack_u8(&question, true);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_HOSTS), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    unpack_bytes(&from);
    keep_rest(from);
    json_t *json = reply_as_json();
    note_value(list, "", json);
    json_decref(json);
    check_all(list);
    close_answerer();
}
END_TEST

SUITE_MAIN("fields", every_member_of_status_has_its_line, every_member_of_explain_has_its_line,
           every_member_of_hosts_has_its_line)
