#!/bin/sh
# ask-contact.sh - prints the contact that a person types; nothing where nobody is there to ask.
[ -t 0 ] || exit 0
echo "Webmasters must be able to reach you: which mail address or URL shall each request name?" >&2
printf 'contact: ' >&2
read -r contact && printf '%s\n' "$contact"
