// Has a fresh bundle of the nodes run once, so that it writes down V8's form of its code for all starts to come.
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An address where nobody listens: this node is to load all of their code, not to work. */
const NOWHERE = '127.0.0.1:1'

const environment = {
  FAULTLINE_CODE_CACHE: 'write',
  FAULTLINE_KIND: 'every',
  FAULTLINE_NODE: 'every-1',
  FAULTLINE_REGION: 'na',
  FAULTLINE_HOST: '127.0.0.1',
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
 * Has the cache of the nodes' bundle in `dist` written, and waits for nothing: until it is there, nodes just start slower.
 * @param {string} dist
 * @param {readonly string[]} flags those that the nodes will be started with: with others the cache is of no use
 * @returns {import('node:child_process').ChildProcess} the node that writes it, which keeps nobody waiting
 */
export function writeCodeCache(dist, flags) {
  const child = spawn(process.execPath, [...flags, join(dist, 'node.cjs')], {
    env: environment,
    stdio: 'ignore',
    detached: true,
  })
  child.on('error', () => {})
  child.unref()
  return child
}
