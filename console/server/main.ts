// Entry point of the console's process: configuration in, one port open, one line of JSON when it is, and an end in order.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ConsoleConfig, readConfig } from './config.ts'
import { serveConsole } from './serve.ts'

function log(level: 'info' | 'error', msg: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), msg, ...fields })}\n`)
}

async function main(config: ConsoleConfig): Promise<void> {
  const serving = await serveConsole(config, {
    webFolder: join(dirname(process.argv[1] ?? '.'), 'console'),
    onError: (error) => log('error', 'request failed', { error: error instanceof Error ? error.stack : String(error) }),
  })
  let stopping = false
  const stop = async (reason: string) => {
    if (stopping) return
    stopping = true
    log('info', 'stopping', { reason })
    await serving.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  if (config.parentPipe) {
    process.stdin.on('end', () => stop('parent gone'))
    process.stdin.on('error', () => stop('parent gone'))
    process.stdin.resume()
  }
  log('info', 'listening', { host: config.host, port: serving.port, pid: process.pid })
}

/** Of the package that the bundle lies in, for whoever starts it without saying; empty where there is none. */
function installedVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(dirname(process.argv[1] ?? '.'), '../package.json'), 'utf8'))
    return String(version)
  } catch {
    return ''
  }
}

try {
  main(readConfig({ FAULTLINE_VERSION: installedVersion(), ...process.env })).catch((error: NodeJS.ErrnoException) => {
    log('error', 'cannot start', { error: error.message, code: error.code })
    process.exit(1)
  })
} catch (error) {
  log('error', 'bad configuration', { error: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
