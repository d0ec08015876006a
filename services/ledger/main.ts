// Starts a `ledger` node.
import '../../otel/sdk/register.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { required } from '../kit/config.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { LEFT_FILE } from './node/identity.ts'
import { openLedger } from './node/ledger.ts'

runNode('ledger', async (node) => {
  const { config, control, log, metrics } = node
  const caller = node.caller('ledger')
  const folder = required(config.ledger.folder, 'FAULTLINE_LEDGER_DIR')
  const ledger = await openLedger({
    node: config.node,
    folder,
    founders: config.ledger.founders,
    caller,
    control,
    metrics,
    log,
    onFailure(error) {
      log.fatal({ err: error }, 'the ledger of this node cannot go on; it ends, to start anew from its disk')
      // Time for the log and for answers that say so; then what is on the disk decides.
      setTimeout(() => process.exit(1), 200)
    },
    onLeft() {
      writeFileSync(join(folder, LEFT_FILE), 'This node was removed from the ledger; its folder may be deleted.\n')
      log.info('left the ledger')
      control.reportReady(false, 'left the ledger')
    },
  })
  node.onClose(() => ledger.close())
  return { app: createApp({ ledger, caller, log }) }
})
