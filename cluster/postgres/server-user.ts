/**
 * Decides as which user the servers run. PostgreSQL refuses to run as root, so root hands over to an unprivileged user
 * that can reach the binaries and the data, or else hides its own root-ness in a user namespace.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { PostgresError } from './errors.ts'

/** `uid` owns the data files as seen from here; for a namespace that is root itself. */
export type ServerUser =
  | { kind: 'self'; uid: number; gid: number }
  | { kind: 'switch'; uid: number; gid: number }
  | { kind: 'namespace'; uid: number; gid: number; shownAs: Account }

/** One line of /etc/passwd. */
export interface Account {
  name: string
  uid: number
  gid: number
}

/** What the decision depends on, so that it can be tested without being root. */
export interface UserFacts {
  uid: number
  gid: number
  accounts: Account[]
  /** Owner of an existing data directory. */
  ownerUid: number | undefined
  /** First folder or file on the way that the account cannot pass or read. */
  blockedAt(account: Account): string | undefined
  namespaceWorks(): boolean
}

/**
 * Picks the user. An existing data directory keeps its owner, so that the same folder works with and without sudo.
 * @throws PostgresError `cannot-run-as-root`, naming the folder in the way and the ways out.
 */
export function chooseServerUser(facts: UserFacts): ServerUser {
  if (facts.uid !== 0) return { kind: 'self', uid: facts.uid, gid: facts.gid }
  const owner = facts.ownerUid ? facts.accounts.find((account) => account.uid === facts.ownerUid) : undefined
  const nobody = facts.accounts.find((account) => account.name === 'nobody')
  let blocked: string | undefined
  for (const account of [owner, nobody]) {
    if (account === undefined) continue
    blocked = facts.blockedAt(account)
    if (blocked === undefined) return { kind: 'switch', uid: account.uid, gid: account.gid }
  }
  // PostgreSQL looks its user up in /etc/passwd, so the namespace must show root as somebody who stands there.
  const shownAs = nobody ?? facts.accounts.find((account) => account.uid !== 0)
  if (shownAs !== undefined && facts.namespaceWorks()) return { kind: 'namespace', uid: 0, gid: 0, shownAs }
  throw new PostgresError(
    'cannot-run-as-root',
    'PostgreSQL refuses to run as root, ' +
      (blocked === undefined ? 'there is no user "nobody" to run it as' : `user "nobody" cannot reach ${blocked}`) +
      ', and user namespaces are not available here. Start as an ordinary user' +
      (blocked === undefined ? '.' : `, or open the way (chmod o+x ${blocked}), or use folders outside it.`),
  )
}

/** Gathers the facts of this process for paths that the servers must reach. */
export function readUserFacts(paths: string[], ownerUid: number | undefined): UserFacts {
  return {
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
    accounts: parsePasswd(readPasswd()),
    ownerUid,
    blockedAt: (account) => firstBlocked(paths, account),
    namespaceWorks: () => spawnSync('unshare', ['-U', '--map-user=1', '--map-group=1', 'true']).status === 0,
  }
}

/** The command line and spawn options that run `command` as `user`. A namespace keeps the process id: unshare execs. */
export function runAs(user: ServerUser, command: string, args: string[]): RunAs {
  switch (user.kind) {
    case 'self':
      return { command, args, options: {} }
    case 'switch':
      return { command, args, options: { uid: user.uid, gid: user.gid } }
    case 'namespace': {
      const { uid, gid } = user.shownAs
      return {
        command: 'unshare',
        args: ['-U', `--map-user=${uid}`, `--map-group=${gid}`, command, ...args],
        options: {},
      }
    }
  }
}

/** A command ready for `spawn`. */
export interface RunAs {
  command: string
  args: string[]
  options: { uid?: number; gid?: number }
}

/** Accounts of a passwd file; malformed lines are skipped. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid && /^\d+$/.test(uid) && /^\d+$/.test(gid)
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : []
  })
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}

/**
 * The first path, from the root down, that `account` may not enter (folders) or read and run (files). Looks at mode
 * bits only: access control lists that say otherwise end in PostgreSQL's own error.
 */
export function firstBlocked(paths: string[], account: Account): string | undefined {
  for (const path of paths) {
    for (const step of [...ancestors(path).reverse(), path]) {
      const stats = statSync(step)
      const needed = stats.isDirectory() ? 0o1 : 0o5
      if ((grantedBits(stats, account) & needed) !== needed) return step
    }
  }
  return undefined
}

function grantedBits(stats: Stats, account: Account): number {
  if (stats.uid === account.uid) return (stats.mode >> 6) & 7
  if (stats.gid === account.gid) return (stats.mode >> 3) & 7
  return stats.mode & 7
}

function ancestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [parent, ...ancestors(parent)]
}
