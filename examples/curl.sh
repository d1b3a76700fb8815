#!/bin/sh
# Requests from a command line. Start the service first: make run
set -eu
service=${1:-http://127.0.0.1:8000}

# A feed from an issue date (発行日) and a birth date.
curl -fsS "$service/calendar.ics?issued=2020-05-15&born=1990-10-10" -o card.ics

# The same from the expiry date printed on the card (有効期限), in English, without alarms.
curl -fsS "$service/calendar.ics?card_expires=2029-10-10&born=1990-10-10&lang=en&alarms=off" -o card.en.ics

# The dates as JSON. The input may be Japanese.
curl -fsS --get "$service/api/milestones" \
    --data-urlencode 'issued=令和2年5月15日' --data-urlencode 'born=平成2年10月10日'

# A sealed link for a household. Its URL shows no date, and its page has the buttons to subscribe.
curl -fsS "$service/api/links" -H 'Content-Type: application/json' -d '{
    "lang": "ja",
    "cards": [
        {"name": "花子", "born": "1990-10-10", "card_expires": "2029-10-10"},
        {"name": "太郎", "born": "2015-04-23", "card_expires": "2030-04-23"}
    ]
}'
