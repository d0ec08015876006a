// `npm run soak`: random faults under load, with the shop's invariants checked throughout. What it does stands in test/soak/main.ts.
import { runBundled } from './run-bundled.js'

await runBundled('test/soak/main.ts', 'soak', { cluster: true })
