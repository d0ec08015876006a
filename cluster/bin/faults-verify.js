// `npm run faults:verify`: the verification of faults.
import { runBundled } from './run-bundled.js'

await runBundled('test/faults/main.ts', 'faults-verify', { cluster: true })
