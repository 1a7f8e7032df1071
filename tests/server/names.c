/* SPDX-License-Identifier: MIT */
#include "tests/server/names.h"

#include <arpa/inet.h>

enum {
    HEAD_BYTES = 12,
    CODE_OK = 0,
    CODE_SERVFAIL = 2,
    CODE_NXDOMAIN = 3,
    TTL_S = 60,
};

bool name_query_read(struct name_query *query, struct bytes message)
{
    const unsigned char *data = (const unsigned char *)message.data;
    size_t at = HEAD_BYTES, length = 0;
    *query = (struct name_query){ 0 };
    if (message.length < HEAD_BYTES || (data[2] & 0x80) || data[4] != 0 || data[5] != 1)
        return false;
    while (at < message.length && data[at] > 0) {
        size_t label = data[at++];
        if (label > 63 || at + label >= message.length || length + label + 1 >= NAMES_NAME_BYTES)
            return false;
        if (length > 0)
            query->name[length++] = '.';
        memcpy(query->name + length, data + at, label);
        length += label;
        at += label;
    }
    if (at + 5 > message.length)
        return false;
    query->type = (unsigned)data[at + 1] << 8 | data[at + 2];
    query->bytes = at + 5;
    return true;
}

static void append_u16(struct buf *out, unsigned value)
{
    buf_append_char(out, (char)(value >> 8));
    buf_append_char(out, (char)value);
}

static void append_head(struct buf *reply, struct bytes message, unsigned code, unsigned answers)
{
    enum { RESPONSE_AUTHORITATIVE_RECURSIVE = 0x8580 };
    buf_append(reply, message.data, 2);
    append_u16(reply, RESPONSE_AUTHORITATIVE_RECURSIVE | code);
    append_u16(reply, 1);
    append_u16(reply, answers);
    append_u16(reply, 0);
    append_u16(reply, 0);
}

/* A record of the name in the question. */
static void append_address(struct buf *reply, unsigned type, const void *address, size_t length)
{
    enum { POINTER_TO_QUESTION = 0xc000 | HEAD_BYTES, CLASS_IN = 1 };
    append_u16(reply, POINTER_TO_QUESTION);
    append_u16(reply, type);
    append_u16(reply, CLASS_IN);
    append_u16(reply, 0);
    append_u16(reply, TTL_S);
    append_u16(reply, (unsigned)length);
    buf_append(reply, address, length);
}

/* Those of the rule that are of this type. */
static unsigned read_addresses(struct buf *records, struct bytes rule, unsigned type)
{
    unsigned count = 0;
    struct bytes word;
    bool is_ipv4 = type == NAMES_TYPE_A;
    while (bytes_split(&rule, ' ', &word)) {
        char text[INET6_ADDRSTRLEN] = "";
        unsigned char address[sizeof(struct in6_addr)];
        if (word.length < sizeof(text))
            memcpy(text, word.data, word.length);
        if (inet_pton(is_ipv4 ? AF_INET : AF_INET6, text, address) != 1)
            continue;
        append_address(records, type, address,
                       is_ipv4 ? sizeof(struct in_addr) : sizeof(struct in6_addr));
        count++;
    }
    return count;
}

void name_reply(struct buf *reply, struct bytes message, const struct name_query *query,
                const char *rule)
{
    struct bytes name = bytes_from_string(query->name);
    unsigned code = CODE_OK, answers = 0;
    struct buf records;
    if (!rule)
        rule = bytes_end_with(name, BYTES(".test")) ? "127.0.0.1" : "nxdomain";
    if (strcmp(rule, "silent") == 0)
        return;
    buf_init(&records, BUF_UNBOUNDED);
    if (strcmp(rule, "nxdomain") == 0)
        code = CODE_NXDOMAIN;
    else if (strcmp(rule, "servfail") == 0)
        code = CODE_SERVFAIL;
    else if (query->type == NAMES_TYPE_A || query->type == NAMES_TYPE_AAAA)
        answers = read_addresses(&records, bytes_from_string(rule), query->type);
    append_head(reply, message, code, answers);
    buf_append_bytes(reply, bytes_slice(message, HEAD_BYTES, query->bytes));
    buf_append_bytes(reply, buf_bytes(&records));
    buf_clear(&records);
}
