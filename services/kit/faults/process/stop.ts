// Stops this process with SIGSTOP. A companion process does it and wakes it again: when the time is up, when the control plane no
// longer lists the injection, or never if it was killed meanwhile. It needs neither a supervisor nor a control plane that lives.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Effect } from '../process-faults.ts'

/** How often the companion asks whether the injection was cleared. */
const ASK_EVERY_MS = 150

/** Its whole program; what it must know comes in over standard input, for the token must not stand in a list of processes. */
const companion = `
const { get } = require('node:http')
const target = process.ppid
let text = ''
process.stdin.on('data', (data) => { text += data }).on('end', () => {
  const { url, token, instance, forMs } = JSON.parse(text)
  const end = () => {
    try { if (process.ppid === target) process.kill(target, 'SIGCONT') } finally { process.exit() }
  }
  setTimeout(end, forMs)
  process.kill(target, 'SIGSTOP')
  setInterval(() => {
    if (process.ppid !== target) process.exit()
    get(url + '/v1/faults', { headers: { authorization: 'Bearer ' + token }, timeout: 1000 }, (answer) => {
      let body = ''
      answer.on('data', (data) => { body += data }).on('error', () => {}).on('end', () => {
        if (answer.statusCode !== 200) return
        if (!JSON.parse(body).faults.some(({ id }) => id === instance)) end()
      })
    }).on('error', () => {})
  }, ${ASK_EVERY_MS})
})
`

export function stopProcess(_verdict: unknown, { instance, remainingMs, surroundings }: Effect): () => void {
  const endsAtMs = performance.now() + remainingMs
  const child: ChildProcess = spawn(process.execPath, ['--max-old-space-size=32', '-e', companion], {
    // A session of its own: what ends this process's must not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  })
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  const { url, token } = surroundings.control
  const forMs = Math.max(1, endsAtMs - performance.now())
  child.stdin?.end(JSON.stringify({ url: url.replace(/^ws/, 'http'), token, instance, forMs }))
  child.unref()
  // Only reached when this process runs: before it was stopped, or after it was woken.
  return () => void child.kill('SIGKILL')
}
