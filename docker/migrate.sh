#!/bin/sh
# Brings both databases, ours and Airflow's, to this image's schema. Safe to run again.
set -eu
sunwai migrate
exec airflow db migrate
