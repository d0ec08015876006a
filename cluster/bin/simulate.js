// `npm run ledger:simulate`: the ledger's simulator; its bundle also serves its worker threads.
import { runBundled } from './run-bundled.js'

await runBundled('services/ledger/simulator/main.ts', 'ledger-simulator')
