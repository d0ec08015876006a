// The control plane as a container of its own: listens, leaves a run file for the command line beside it, ends in order.

import { join } from 'node:path'
import { createLogger } from '../../otel/sdk/logger.ts'
import { loopbackHosts } from '../control-plane/access.ts'
import { CONTROL_ID } from '../control-plane/container-supervision.ts'
import type { ClusterUrls } from '../control-plane/contract.ts'
import { replicationMode } from '../control-plane/policies/live-policies.ts'
import { startStandalone } from '../control-plane/standalone.ts'
import { DatabaseFaults } from '../supervisor/database-faults.ts'
import { standardPorts } from '../supervisor/ports.ts'
import { identify } from '../supervisor/process-identity.ts'
import { type RunFile, removeRunFile, writeRunFile } from '../supervisor/run-file.ts'
import { databaseRoles } from '../topology/kinds.ts'
import { createDatabaseServers } from './database-servers.ts'
import { readSecret } from './make-secrets.ts'
import { createReplicationSwitch } from './replication-switch.ts'
import type { SettingsOf } from './settings.ts'

/** Where docker-compose.yml publishes the cluster on the machine that runs it; what is not published has the name that nodes use. */
export function publishedUrls(otlp: string): ClusterUrls {
  const here = (port: number) => `http://127.0.0.1:${port}`
  return {
    console: here(standardPorts.console),
    shop: here(standardPorts.shop),
    control: `http://${CONTROL_ID}:${standardPorts.control}`,
    otlp,
    jaeger: here(standardPorts.jaeger),
    prometheus: here(standardPorts.prometheus),
  }
}

/** Resolves when it listens; the process ends with SIGTERM. */
export async function runControl(settings: SettingsOf<'control'>): Promise<void> {
  const { FAULTLINE_DATA: dataDir, FAULTLINE_VERSION: version, FAULTLINE_OTLP_URL: otlp } = settings
  const log = createLogger({ id: CONTROL_ID, kind: CONTROL_ID, region: 'global', level: 'info' })
  const token = readSecret(settings.FAULTLINE_TOKEN_FILE)
  const servers = createDatabaseServers({
    servers: settings.FAULTLINE_POSTGRES_SERVERS,
    password: readSecret(join(settings.FAULTLINE_POSTGRES_PASSWORDS_DIR, 'superuser')),
  })
  const replication = createReplicationSwitch(servers)
  const databaseFaults = new DatabaseFaults(servers)
  const { controlPlane, close } = await startStandalone(
    {
      log,
      token,
      version,
      urls: publishedUrls(otlp),
      load: settings.FAULTLINE_LOAD,
      memoryFile: join(dataDir, 'leases.json'),
      policyFile: join(dataDir, 'policies.json'),
      allowedHosts: [...loopbackHosts, CONTROL_ID],
      setSynchronousReplication: replication.set,
      otherTargets: [
        { id: CONTROL_ID, kind: 'supervisor', region: 'global', address: `${CONTROL_ID}:${settings.FAULTLINE_PORT}` },
      ],
    },
    { host: settings.FAULTLINE_HOST, port: settings.FAULTLINE_PORT },
  )
  writeRunFile(dataDir, describeRun(settings, token, controlPlane.port))
  log.info({ port: controlPlane.port }, 'listening')
  // The database may have been told something else before this one, and forgotten it with its own disk.
  replication.keep(replicationMode(controlPlane.policies.value({ scope: 'cluster' }, 'synchronousReplication')))
  // Nor did the one before take back what faults had made of it.
  databaseFaults.takeAllBack(databaseRoles)
  controlPlane.onFaults(() => databaseFaults.apply(controlPlane.faults.list()))
  const stop = async (signal: string) => {
    log.info({ reason: signal }, 'leaving')
    removeRunFile(dataDir)
    replication.close()
    await close()
    await databaseFaults.stop()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** The addresses of a run file are those that the command line asks: it runs in this container. */
function describeRun(settings: SettingsOf<'control'>, token: string, port: number): RunFile {
  const supervisor = identify(process.pid)
  if (!supervisor) throw new Error('this system does not tell when a process started')
  return {
    format: 1,
    supervisor,
    phase: 'running',
    startedAt: new Date().toISOString(),
    version: settings.FAULTLINE_VERSION,
    size: 'full',
    token,
    urls: {
      console: publishedUrls(settings.FAULTLINE_OTLP_URL).console,
      shop: settings.FAULTLINE_SHOP_URL,
      control: `http://127.0.0.1:${port}`,
      otlp: settings.FAULTLINE_OTLP_URL,
      jaeger: settings.FAULTLINE_JAEGER_URL,
      prometheus: settings.FAULTLINE_PROMETHEUS_URL,
    },
    ports: {},
    children: [],
  }
}
