// Starts a `users` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { createPasswords } from './passwords.ts'
import { createUserStore } from './store.ts'

runNode('users', ({ log, metrics, database, sessions }) => ({
  app: createApp({
    store: createUserStore(database()),
    passwords: createPasswords(),
    sessions: sessions(),
    log,
    metrics,
  }),
}))
