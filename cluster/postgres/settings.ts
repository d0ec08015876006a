/**
 * The text of PostgreSQL's configuration files. Small memory, fast start, loopback and passwords only; settings that
 * faults change at run time go through ALTER SYSTEM, not here.
 */

/** What differs between servers. Times in ms, sizes in MB. */
export interface ServerSettings {
  name: string
  port: number
  /** Only for a replica. */
  upstream?: { port: number; role: string; password: string; slot: string; applyDelayMs: number }
}

/** WAL that the primary keeps for a replica that does not fetch it; behind that, the replica is copied anew. */
export const MAX_REPLICA_WAL_MB = 128

const COMMON = {
  listen_addresses: '127.0.0.1',
  // A path for a socket file is short by law and may be shared; TCP on loopback is the only way in.
  unix_socket_directories: '',
  max_connections: 120,
  password_encryption: 'scram-sha-256',
  // Every password is a long random one, so slow hashing protects nothing and costs each connection two milliseconds.
  scram_iterations: 64,

  shared_buffers: '16MB',
  dynamic_shared_memory_type: 'mmap',
  huge_pages: 'off',
  io_method: 'sync',
  jit: 'off',
  max_worker_processes: 2,
  max_parallel_workers_per_gather: 0,
  max_logical_replication_workers: 0,
  autovacuum_worker_slots: 2,
  autovacuum_max_workers: 2,
  maintenance_work_mem: '16MB',

  // A commit reaches the operating system before it is acknowledged, so no killed process loses one. Only a crash of
  // the machine could, and for data that a generator makes that buys a start and commits without waiting for the disk.
  synchronous_commit: 'on',
  fsync: 'off',
  full_page_writes: 'off',

  wal_level: 'replica',
  hot_standby: 'on',
  max_wal_senders: 8,
  max_replication_slots: 8,
  max_slot_wal_keep_size: `${MAX_REPLICA_WAL_MB}MB`,
  min_wal_size: '8MB',
  max_wal_size: '64MB',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
  wal_sender_timeout: '10s',
  wal_receiver_timeout: '10s',

  // Nothing of a statement reaches the log: neither its text nor its values, which an error's message may quote.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  lc_messages: 'C',
  default_text_search_config: 'pg_catalog.english',
}

/** `postgresql.conf` of one server. Holds a replica's password, so the file must be 0600. */
export function formatConfig({ name, port, upstream }: ServerSettings): string {
  const settings: Record<string, string | number> = { ...COMMON, port, cluster_name: name }
  if (upstream) {
    settings.primary_conninfo = formatConnection({
      host: '127.0.0.1',
      port: upstream.port,
      user: upstream.role,
      password: upstream.password,
      application_name: name,
      sslmode: 'disable',
      gssencmode: 'disable',
    })
    settings.primary_slot_name = upstream.slot
    settings.recovery_min_apply_delay = `${upstream.applyDelayMs}ms`
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${quote(String(value))}`)
  return `# Written at every start; changes made here are lost.\n${lines.join('\n')}\n`
}

/** `pg_hba.conf`: SCRAM passwords over loopback; replication only for its own role. */
export function formatHostAccess(replicationRole: string): string {
  return [
    `host replication ${replicationRole} 127.0.0.1/32 scram-sha-256`,
    `host all ${replicationRole} all reject`,
    'host all all 127.0.0.1/32 scram-sha-256',
    '',
  ].join('\n')
}

// The values are ours (names, numbers, hexadecimal passwords): none needs quoting.
function formatConnection(parts: Record<string, string | number>): string {
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
