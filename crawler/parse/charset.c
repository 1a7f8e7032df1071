/* SPDX-License-Identifier: MIT
 *
 * Encoding Standard, 4.2 (names and labels); HTML standard, 13.2.3.2 (determining the character
 * encoding).
 */
#include "crawler/parse/charset.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "crawler/parse/prescan.h"
#include "crawler/parse/wellformed.h"

/* iconv's names are those of glibc; where a family has several, the one that is nearest to the
 * standard's. */
static const struct charset charsets[] = {
    /* clang-format off */
    { "utf-8", CHARSET_UTF8, NULL,
      "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8" },
    { "ibm866", CHARSET_SINGLE_BYTE, "CP866",
      "866 cp866 csibm866 ibm866" },
    { "iso-8859-2", CHARSET_SINGLE_BYTE, "ISO-8859-2",
      "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
      "iso_8859-2:1987 l2 latin2" },
    { "iso-8859-3", CHARSET_SINGLE_BYTE, "ISO-8859-3",
      "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
      "iso_8859-3:1988 l3 latin3" },
    { "iso-8859-4", CHARSET_SINGLE_BYTE, "ISO-8859-4",
      "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
      "iso_8859-4:1988 l4 latin4" },
    { "iso-8859-5", CHARSET_SINGLE_BYTE, "ISO-8859-5",
      "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
      "iso_8859-5 iso_8859-5:1988" },
    { "iso-8859-6", CHARSET_SINGLE_BYTE, "ISO-8859-6",
      "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
      "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
      "iso_8859-6:1987" },
    { "iso-8859-7", CHARSET_SINGLE_BYTE, "ISO-8859-7",
      "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
      "iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek" },
    { "iso-8859-8", CHARSET_SINGLE_BYTE, "ISO-8859-8",
      "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
      "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual" },
    { "iso-8859-8-i", CHARSET_SINGLE_BYTE, "ISO-8859-8",
      "csiso88598i iso-8859-8-i logical" },
    { "iso-8859-10", CHARSET_SINGLE_BYTE, "ISO-8859-10",
      "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6" },
    { "iso-8859-13", CHARSET_SINGLE_BYTE, "ISO-8859-13",
      "iso-8859-13 iso8859-13 iso885913" },
    { "iso-8859-14", CHARSET_SINGLE_BYTE, "ISO-8859-14",
      "iso-8859-14 iso8859-14 iso885914" },
    { "iso-8859-15", CHARSET_SINGLE_BYTE, "ISO-8859-15",
      "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9" },
    { "iso-8859-16", CHARSET_SINGLE_BYTE, "ISO-8859-16",
      "iso-8859-16" },
    { "koi8-r", CHARSET_SINGLE_BYTE, "KOI8-R",
      "cskoi8r koi koi8 koi8-r koi8_r" },
    { "koi8-u", CHARSET_SINGLE_BYTE, "KOI8-U",
      "koi8-ru koi8-u" },
    { "macintosh", CHARSET_SINGLE_BYTE, "MACINTOSH",
      "csmacintosh mac macintosh x-mac-roman" },
    { "windows-874", CHARSET_SINGLE_BYTE, "CP874",
      "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874" },
    { "windows-1250", CHARSET_SINGLE_BYTE, "CP1250",
      "cp1250 windows-1250 x-cp1250" },
    { "windows-1251", CHARSET_SINGLE_BYTE, "CP1251",
      "cp1251 windows-1251 x-cp1251" },
    { "windows-1252", CHARSET_SINGLE_BYTE, "CP1252",
      "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
      "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 "
      "x-cp1252" },
    { "windows-1253", CHARSET_SINGLE_BYTE, "CP1253",
      "cp1253 windows-1253 x-cp1253" },
    { "windows-1254", CHARSET_SINGLE_BYTE, "CP1254",
      "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
      "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254" },
    { "windows-1255", CHARSET_SINGLE_BYTE, "CP1255",
      "cp1255 windows-1255 x-cp1255" },
    { "windows-1256", CHARSET_SINGLE_BYTE, "CP1256",
      "cp1256 windows-1256 x-cp1256" },
    { "windows-1257", CHARSET_SINGLE_BYTE, "CP1257",
      "cp1257 windows-1257 x-cp1257" },
    { "windows-1258", CHARSET_SINGLE_BYTE, "CP1258",
      "cp1258 windows-1258 x-cp1258" },
    { "x-mac-cyrillic", CHARSET_SINGLE_BYTE, "MAC-CYRILLIC",
      "x-mac-cyrillic x-mac-ukrainian" },
    { "gbk", CHARSET_MULTI_BYTE, "GB18030",
      "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 "
      "x-gbk" },
    { "gb18030", CHARSET_MULTI_BYTE, "GB18030",
      "gb18030" },
    { "big5", CHARSET_MULTI_BYTE, "BIG5-HKSCS",
      "big5 big5-hkscs cn-big5 csbig5 x-x-big5" },
    { "euc-jp", CHARSET_MULTI_BYTE, "EUC-JP-MS",
      "cseucpkdfmtjapanese euc-jp x-euc-jp" },
    { "iso-2022-jp", CHARSET_MULTI_BYTE, "ISO-2022-JP",
      "csiso2022jp iso-2022-jp" },
    { "shift_jis", CHARSET_MULTI_BYTE, "CP932",
      "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis" },
    { "euc-kr", CHARSET_MULTI_BYTE, "CP949",
      "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
      "ksc5601 ksc_5601 windows-949" },
    { "replacement", CHARSET_REPLACEMENT, NULL,
      "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement" },
    { "utf-16be", CHARSET_UTF16BE, NULL,
      "unicodefffe utf-16be" },
    { "utf-16le", CHARSET_UTF16LE, NULL,
      "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le" },
    { "x-user-defined", CHARSET_USER_DEFINED, NULL,
      "x-user-defined" },
    /* clang-format on */
};

static_assert(sizeof(charsets) / sizeof(charsets[0]) == CHARSET_COUNT, "one row each");

/* Whether the word stands between the spaces of the labels. */
static bool has_label(const char *labels, struct bytes wanted)
{
    struct bytes rest = bytes_from_string(labels);
    struct bytes label;
    while (bytes_split(&rest, ' ', &label))
        if (bytes_equal_nocase(label, wanted))
            return true;
    return false;
}

const struct charset *charset_by_label(struct bytes label)
{
    label = bytes_trim(label);
    for (size_t i = 0; i < CHARSET_COUNT && label.length > 0; i++)
        if (has_label(charsets[i].labels, label))
            return &charsets[i];
    return NULL;
}

const struct charset *charset_utf8(void)
{
    return &charsets[0];
}

size_t charset_index(const struct charset *charset)
{
    return (size_t)(charset - charsets);
}

static const struct charset *known(const char *name)
{
    const struct charset *charset = charset_by_label(bytes_from_string(name));
    assert(charset);
    return charset;
}

/* Byte order mark or header; without a charset where neither says anything. */
static struct charset_choice choose_by_transport(struct bytes body, struct bytes header_label)
{
    static const struct {
        struct bytes mark;
        const char *name;
    } marks[] = {
        { { "\xef\xbb\xbf", 3 }, "utf-8" },
        { { "\xfe\xff", 2 }, "utf-16be" },
        { { "\xff\xfe", 2 }, "utf-16le" },
    };
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (bytes_start_with(body, marks[i].mark))
            return (struct charset_choice){ known(marks[i].name), CHARSET_BOM,
                                            marks[i].mark.length };
    return (struct charset_choice){ charset_by_label(header_label), CHARSET_HEADER, 0 };
}

static bool is_ascii(struct bytes body)
{
    for (size_t i = 0; i < body.length; i++)
        if (body.data[i] & 0x80)
            return false;
    return true;
}

/* Bytes that are UTF-8 by chance are rare, so one character is proof, and the last one may have
 * been cut. Plain ASCII is what a browser says it is when nothing tells: the same text either way.
 */
static struct charset_choice guess(struct bytes body)
{
    bool is_utf8 =
        wellformed_if_whole(body) && !is_ascii(bytes_slice(body, 0, wellformed_length(body)));
    return (struct charset_choice){ known(is_utf8 ? "utf-8" : "windows-1252"), CHARSET_GUESS, 0 };
}

struct charset_choice charset_choose_for_html(struct bytes body, struct bytes header_label)
{
    struct charset_choice choice = choose_by_transport(body, header_label);
    if (choice.charset)
        return choice;
    choice = (struct charset_choice){ prescan_html(body), CHARSET_PRESCAN, 0 };
    return choice.charset ? choice : guess(body);
}

struct charset_choice charset_choose_for_xml(struct bytes body, struct bytes header_label)
{
    struct charset_choice choice = choose_by_transport(body, header_label);
    if (choice.charset)
        return choice;
    choice = (struct charset_choice){ prescan_xml(body), CHARSET_XML, 0 };
    if (choice.charset)
        return choice;
    /* XML without a declaration is UTF-8; what is not, is read all the same. */
    choice = guess(body);
    if (is_ascii(body))
        choice.charset = charset_utf8();
    return choice;
}

struct charset_choice charset_choose_for_text(struct bytes body, struct bytes header_label)
{
    struct charset_choice choice = choose_by_transport(body, header_label);
    return choice.charset ? choice : guess(body);
}
