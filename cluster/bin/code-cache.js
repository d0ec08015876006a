// Has the fresh bundles run once, so that they write down the machine's form of their code for all starts to come.
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendFlags, nodeFlags } from './node-flags.js'

/** An address where nobody listens: these nodes are to load all of their code, not to work. */
const NOWHERE = '127.0.0.1:1'

const every = { FAULTLINE_CODE_CACHE: 'write', FAULTLINE_HOST: '127.0.0.1' }

const nodeEnvironment = {
  ...every,
  FAULTLINE_KIND: 'every',
  FAULTLINE_NODE: 'every-1',
  FAULTLINE_REGION: 'na',
  FAULTLINE_PORT: '0',
  FAULTLINE_CONTROL_URL: `ws://${NOWHERE}`,
  FAULTLINE_TOKEN: 'nobody-asks-for-this-token',
  FAULTLINE_OTLP_URL: `http://${NOWHERE}`,
  FAULTLINE_DATABASE_URL: `postgres://nobody@${NOWHERE}/none`,
  FAULTLINE_SESSION_SECRET: 'nobody-has-a-session-signed-with-this',
  FAULTLINE_MEDIA_DIR: tmpdir(),
  FAULTLINE_LOG_LEVEL: 'silent',
}

/**
 * Starts to write the caches of the bundles in `dist`, and waits for nothing: until they are there, programs just start slower.
 * @param {string} dist
 */
export function writeCodeCaches(dist) {
  run([...nodeFlags, join(dist, 'node.cjs')], nodeEnvironment)
  const ports = { FAULTLINE_OTLP_PORT: '0', FAULTLINE_JAEGER_PORT: '0', FAULTLINE_PROMETHEUS_PORT: '0' }
  run([...backendFlags, join(dist, 'backend.cjs')], { ...every, ...ports })
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function run(args, env) {
  const child = spawn(process.execPath, args, { env, stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
