// The environment of a node in a container: the same as the supervisor's nodes have, from the container's settings and its secrets.
import { join } from 'node:path'
import type { LeaseAnswer } from '../control-plane/lease-contract.ts'
import { readOrCreateSecrets, type Secrets } from '../supervisor/secrets.ts'
import { nodeEnvironment } from '../topology/environment.ts'
import { kindSpec } from '../topology/kinds.ts'
import type { NodeSpec } from '../topology/nodes.ts'
import { databaseUrl } from './database-urls.ts'
import { readSecret } from './make-secrets.ts'
import type { SettingsOf } from './settings.ts'

/** Whether a kind of node needs the volume of the passwords: for its database, or to sign or verify sessions. */
export function needsPasswords(kind: NodeSpec['kind']): boolean {
  return kindSpec(kind).database !== undefined || kind === 'users' || kind === 'gateway'
}

/** `lease` is the control plane's answer. Throws an `Error` that names the secret that is missing. */
export function containerEnvironment(
  { ledgerFounders, ...node }: LeaseAnswer,
  settings: SettingsOf<'node'>,
  token: string,
): Record<string, string> {
  const secrets = needsPasswords(node.kind) ? readPasswords(settings.FAULTLINE_PASSWORDS_DIR) : undefined
  const urlOn = (server: string) => (role: keyof Secrets['database'], database: string) =>
    databaseUrl(server, role, database, secrets?.database[role] ?? '')
  const replica = settings.FAULTLINE_POSTGRES_REPLICA
  return nodeEnvironment(node, {
    host: settings.FAULTLINE_HOST,
    port: settings.FAULTLINE_PORT,
    controlUrl: settings.FAULTLINE_CONTROL_URL.replace(/^http:/, 'ws:').replace(/\/$/, ''),
    token,
    otlpUrl: settings.FAULTLINE_OTLP_URL.replace(/\/$/, ''),
    telemetry: settings.FAULTLINE_TELEMETRY,
    version: settings.FAULTLINE_VERSION,
    mediaDir: settings.FAULTLINE_MEDIA_DIR,
    ledgerDir: settings.FAULTLINE_LEDGER_DIR,
    ledgerFounders: () => ledgerFounders,
    sessionSecret: secrets?.session ?? '',
    logLevel: settings.FAULTLINE_LOG_LEVEL,
    seed: settings.FAULTLINE_SEED,
    parentPipe: false,
    databaseUrl: urlOn(settings.FAULTLINE_POSTGRES),
    replicaUrl: (role, database) => replica && urlOn(replica)(role, database),
  })
}

/** Those that the service `secrets` has made; this one only reads. */
function readPasswords(directory: string): Secrets {
  // Fails with the right words when the file is not there, where the call after it would try to write one.
  readSecret(join(directory, 'secrets.json'))
  return readOrCreateSecrets(directory)
}
