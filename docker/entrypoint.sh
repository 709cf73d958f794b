#!/bin/sh
# Takes secrets from files: where NAME_FILE is set, NAME becomes what that file holds. Then runs the command.
# An empty file counts as unset. Only these names, for others (SSL_CERT_FILE) end in _FILE by themselves.
set -eu

for name in \
    DATABASE_URL PGPASSWORD CUSTOMERS_DATABASE_URL STOCK_DATABASE_URL ARTICLES_DATABASE_URL \
    SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET SLACK_CLIENT_ID SLACK_CLIENT_SECRET \
    X_BEARER_TOKEN X_CONSUMER_KEY X_CONSUMER_SECRET X_ACCESS_TOKEN X_ACCESS_TOKEN_SECRET \
    REDDIT_CLIENT_ID REDDIT_CLIENT_SECRET REDDIT_PASSWORD REDDIT_REFRESH_TOKEN \
    ZENDESK_API_TOKEN TICKETS_WEBHOOK_SECRET HUBSPOT_ACCESS_TOKEN \
    MASTODON_ACCESS_TOKEN BLUESKY_APP_PASSWORD \
    AIRFLOW__API_AUTH__JWT_SECRET AIRFLOW__API__SECRET_KEY AIRFLOW__CORE__FERNET_KEY; do
    eval "file=\${${name}_FILE:-}"
    [ -n "$file" ] || continue
    if [ ! -r "$file" ]; then
        echo "entrypoint: ${name}_FILE names $file, which cannot be read." >&2
        exit 1
    fi
    value=$(cat "$file")
    if [ -n "$value" ]; then
        export "$name=$value"
    fi
    unset "${name}_FILE"
done

exec "$@"
