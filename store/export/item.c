/* SPDX-License-Identifier: MIT */
#include "store/export/item.h"

void export_item_pack(struct buf *out, const struct export_item *item)
{
    pack_number(out, item->version);
    pack_u8(out, (uint8_t)item->op);
    pack_u8(out, (uint8_t)item->reason);
    pack_signed(out, item->at_ms);
    pack_bytes(out, item->url);
    pack_bytes(out, item->referrer);
    pack_bytes(out, item->duplicate_of);
    pack_bytes(out, item->moved_to);
    pack_bytes(out, item->etag);
    pack_bytes(out, item->last_modified);
    pack_signed(out, item->checked_at_ms);
    pack_bytes(out, item->record);
    pack_bytes(out, item->body);
}

bool export_item_unpack(struct unpacker *from, struct export_item *item)
{
    item->version = unpack_number(from);
    uint8_t op = unpack_u8(from);
    uint8_t reason = unpack_u8(from);
    item->op = op == CHANGE_DELETE ? CHANGE_DELETE : CHANGE_UPSERT;
    item->reason = (enum change_reason)reason;
    item->at_ms = unpack_signed(from);
    item->url = unpack_bytes(from);
    item->referrer = unpack_bytes(from);
    item->duplicate_of = unpack_bytes(from);
    item->moved_to = unpack_bytes(from);
    item->etag = unpack_bytes(from);
    item->last_modified = unpack_bytes(from);
    item->checked_at_ms = unpack_signed(from);
    item->record = unpack_bytes(from);
    item->body = unpack_bytes(from);
    item->text = (struct bytes){ 0 };
    return !from->is_bad && op <= CHANGE_DELETE && reason < CHANGE_REASON_COUNT;
}
