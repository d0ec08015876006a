#!/bin/sh
# Starts a streaming replica. It copies the primary first when there is no copy yet, when the copy is of another primary, or when the
# primary no longer keeps the log that the copy would need. Told by: NAME, PRIMARY (host:port), APPLY_DELAY_MS, PGDATA.
set -eu
: "${NAME:?}" "${PRIMARY:?}" "${APPLY_DELAY_MS:?}" "${PGDATA:?}"
secrets=${SECRETS:-/run/faultline/postgres}
config=${CONFIG:-/etc/faultline/postgresql.conf}
host=${PRIMARY%:*}
port=${PRIMARY#*:}
slot=$(printf %s "$NAME" | tr - _)

umask 077
export PGPASSFILE="${TMPDIR:-/tmp}/pgpass-$NAME" PGCONNECT_TIMEOUT=5
{
  printf '%s:%s:*:faultline:' "$host" "$port" && cat "$secrets/superuser" && echo
  printf '%s:%s:*:faultline_replication:' "$host" "$port" && cat "$secrets/replication" && echo
} >"$PGPASSFILE"

ask() {
  psql "host=$host port=$port user=faultline dbname=postgres" --no-password --no-psqlrc -Atqc "$1"
}

copy() {
  echo "copying the primary to $NAME: $1"
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$PGDATA.new"
  # A lost slot cannot be used again.
  ask "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name = '$slot' AND wal_status = 'lost' AND NOT active"
  ask "SELECT pg_create_physical_replication_slot('$slot', true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '$slot')"
  pg_basebackup -d "host=$host port=$port user=faultline_replication" --no-password -D "$PGDATA.new" \
    --slot="$slot" --wal-method=stream --checkpoint=fast
  # What the primary was told at run time is not meant for its replicas.
  : >"$PGDATA.new/postgresql.auto.conf"
  : >"$PGDATA.new/standby.signal"
  rm -rf "$PGDATA"
  mv "$PGDATA.new" "$PGDATA"
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  copy "it has no copy yet"
else
  mine=$(pg_controldata -D "$PGDATA" | sed -n 's/^Database system identifier: *//p')
  # The primary may be away: a copy that is there serves reads without it.
  said=$(ask "SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' ||
    coalesce((SELECT wal_status FROM pg_replication_slots WHERE slot_name = '$slot'), 'lost')") || said="$mine unknown"
  case $said in
    "$mine lost") copy "it fell too far behind" ;;
    "$mine "*) ;;
    *) copy "its copy is of another primary" ;;
  esac
fi

# In a file, for what the command line says stands fast, and the delay may be changed while it runs.
own="${TMPDIR:-/tmp}/$NAME.conf"
printf "include '%s'\nrecovery_min_apply_delay = '%sms'\n" "$config" "$APPLY_DELAY_MS" >"$own"
exec postgres -D "$PGDATA" -c config_file="$own" -c cluster_name="$NAME" \
  -c primary_conninfo="host=$host port=$port user=faultline_replication application_name=$NAME passfile=$PGPASSFILE sslmode=disable gssencmode=disable" \
  -c primary_slot_name="$slot"
