/* SPDX-License-Identifier: MIT
 *
 * tls_server - a server with TLS inside a test, with an authority and certificates of its own, made
 * for the test. It answers each connection once.
 */
#ifndef TESTS_UNIT_TLS_SERVER_H
#define TESTS_UNIT_TLS_SERVER_H

#include <check.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Certificates */

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

enum { DAY_S = 24 * 60 * 60 };

static void identity_extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ck_assert_ptr_nonnull(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/* issuer NULL: it signs itself. It is good from one day to another, from now. */
static struct identity identity_new(const char *name, const struct identity *issuer, long from_days,
                                    long until_days)
{
    static long serial = 1;
    struct identity own = { EVP_EC_gen("P-256"), X509_new() };
    char names[128];
    X509_set_version(own.certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(own.certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(own.certificate), from_days * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(own.certificate), until_days * DAY_S);
    X509_set_pubkey(own.certificate, own.key);
    X509_NAME *subject = X509_get_subject_name(own.certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509 *signer = issuer ? issuer->certificate : own.certificate;
    X509_set_issuer_name(own.certificate, X509_get_subject_name(signer));
    snprintf(names, sizeof(names), "DNS:%s", name);
    identity_extend(own.certificate, signer, NID_subject_alt_name, names);
    identity_extend(own.certificate, signer, NID_basic_constraints,
                    issuer ? "CA:FALSE" : "critical,CA:TRUE");
    ck_assert_int_gt(X509_sign(own.certificate, issuer ? issuer->key : own.key, EVP_sha256()), 0);
    return own;
}

static void identity_clear(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
}

/* Certificate and, where it is asked for, key, into a file. */
static void identity_write(const struct identity *identity, bool has_key, const char *path)
{
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(PEM_write_X509(file, identity->certificate), 1);
    if (has_key)
        ck_assert_int_eq(PEM_write_PrivateKey(file, identity->key, NULL, NULL, 0, NULL, NULL), 1);
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- The server */

struct tls_server {
    SSL_CTX *context;
    int listener;
    uint16_t port;
    pthread_t thread;
    atomic_int handshakes; /* That ended well. */
};

static void tls_answer(struct tls_server *server, SSL *session)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    char request[4096];
    if (SSL_accept(session) != 1)
        return;
    atomic_fetch_add(&server->handshakes, 1);
    if (SSL_read(session, request, sizeof(request)) > 0)
        SSL_write(session, answer, sizeof(answer) - 1);
    SSL_shutdown(session);
}

static void *tls_serve(void *data)
{
    struct tls_server *server = data;
    char rest[4096];
    int peer;
    while ((peer = accept(server->listener, NULL, NULL)) >= 0) {
        SSL *session = SSL_new(server->context);
        SSL_set_fd(session, peer);
        tls_answer(server, session);
        SSL_free(session);
        /* What is not read would make the end a reset, and that can overtake an alert. */
        shutdown(peer, SHUT_WR);
        while (recv(peer, rest, sizeof(rest), 0) > 0)
            ;
        close(peer);
    }
    return NULL;
}

/* most: the newest version that it speaks. visitors: who must have signed the certificates of those
 * who come; NULL: none is asked for. */
static void tls_server_start(struct tls_server *server, const struct identity *identity, int most,
                             const struct identity *visitors)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(at);
    memset(server, 0, sizeof(*server));
    server->context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(server->context, most);
    SSL_CTX_use_certificate(server->context, identity->certificate);
    SSL_CTX_use_PrivateKey(server->context, identity->key);
    if (visitors) {
        SSL_CTX_set_verify(server->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           NULL);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(server->context), visitors->certificate);
    }
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(server->listener, 64), 0);
    getsockname(server->listener, (struct sockaddr *)&at, &length);
    server->port = ntohs(at.sin_port);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, tls_serve, server), 0);
}

static void tls_server_stop(struct tls_server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    SSL_CTX_free(server->context);
}

#endif
