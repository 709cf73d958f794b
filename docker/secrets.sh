#!/bin/sh
# Makes docker/secrets: what can be drawn is drawn, tokens are left empty to be filled in. Never changes a file that is there.
# The files are mounted into containers as they are, so their readers are everyone; the folder is yours alone.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

random() {
    head -c "$1" /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'
}

for name in postgres_password airflow_jwt airflow_secret airflow_fernet; do
    case $name in
        airflow_fernet) bytes=32 ;; # a Fernet key is 32 bytes, no more and no less
        airflow_jwt) bytes=96 ;;
        *) bytes=48 ;;
    esac
    [ -s "secrets/$name" ] || random $bytes >"secrets/$name"
done
for name in slack_bot_token slack_app_token slack_signing_secret slack_client_id slack_client_secret \
    x_bearer_token \
    x_consumer_key x_consumer_secret x_access_token x_access_token_secret \
    reddit_client_id reddit_client_secret reddit_password reddit_refresh_token \
    zendesk_api_token tickets_webhook_secret hubspot_access_token customers_database_url \
    stock_database_url articles_database_url; do
    [ -e "secrets/$name" ] || : >"secrets/$name"
done
chmod 444 secrets/*
chmod u+w secrets/*
echo "Made docker/secrets. Fill in the tokens that you use; an empty file counts as unset."
