// Starts a `users` node.
import '../../otel/sdk/register.ts'
import { required } from '../kit/config.ts'
import { runNode } from '../kit/node.ts'
import { createSessions } from '../kit/sessions.ts'
import { createApp } from './app.ts'
import { createPasswords } from './passwords.ts'
import { createUserStore } from './store.ts'

runNode('users', ({ config, log, metrics, database }) => {
  const sessions = createSessions(required(config.sessionSecret, 'FAULTLINE_SESSION_SECRET'))
  return {
    app: createApp({ store: createUserStore(database()), passwords: createPasswords(), sessions, log, metrics }),
  }
})
