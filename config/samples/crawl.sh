#!/bin/sh
# crawl.sh FORAGE [SERVER SITE] - what `make crawl` does once everything is built.
#
# With SEED: crawls it into DIR (./crawl), as CONTACT. Without: crawls the folder SITE, which SERVER serves on
# loopback, into build/sample with a configuration of its own, and shows the export.
set -eu
forage=$1
server=${2:-}
site=${3:-}
samples=$(dirname "$0")
server_pid=

stop_server() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
}

# 0 is done, 4 is a limit with work left: both leave pages behind.
crawl() {
    code=0
    "$@" || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 4 ] || exit "$code"
}

crawl_seed() {
    dir=${DIR:-crawl}
    set -f # A URL may hold * and ?; several seeds are separated by spaces.
    # shellcheck disable=SC2086
    crawl "$forage" -C "$dir" crawl -o contact="$CONTACT" -- $SEED
    cat <<EOF

The pages are in $dir, a Berkeley DB environment. To look at them:
    $forage -C $dir ls
    $forage -C $dir cat URL
To hand what changed to an indexer, now and after each later run, each time in a file of its own:
    $forage -C $dir export --consumer search --format jsonl --output changes-\$(date +%Y%m%dT%H%M).jsonl
To fetch what is due, from cron or by hand:
    $forage -C $dir run
EOF
}

# The server prints its port on the first line.
start_server() {
    "$server" "$site" >"$dir/port" 2>"$dir/server.log" &
    server_pid=$!
    trap stop_server EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    tries=0
    while [ ! -s "$dir/port" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$server_pid" 2>/dev/null; then
            echo "crawl.sh: the sample server does not start:" >&2
            cat "$dir/server.log" >&2
            exit 69
        fi
        sleep 0.1
    done
    port=$(head -n 1 "$dir/port")
}

crawl_sample() {
    dir=build/sample # Never a folder of the user's: it is emptied first.
    rm -rf "$dir"
    mkdir -p "$dir"
    cp "$samples/site.conf" "$dir/forage.conf"
    start_server
    crawl "$forage" -C "$dir" crawl "http://127.0.0.1:$port/"
    echo
    echo "What was tried ($forage -C $dir ls):"
    "$forage" -C "$dir" ls
    echo
    "$forage" -C "$dir" export --output "$dir/export.jsonl"
    echo "What an indexer gets, the first two lines ($forage -C $dir export):"
    head -n 2 "$dir/export.jsonl"
    echo
    echo "To crawl a site of yours: make crawl SEED=https://example.org/ CONTACT=you@example.org"
}

if [ -n "${SEED:-}" ]; then crawl_seed; else crawl_sample; fi
