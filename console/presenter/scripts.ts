// The scripts that come with the console. Data; a test holds them to the schema.

import type { Script } from './script-schema.ts'
import journey from './scripts/journey.json' with { type: 'json' }
import region from './scripts/region.json' with { type: 'json' }
import retries from './scripts/retries.json' with { type: 'json' }

export const scripts: readonly Script[] = [journey, region, retries] as readonly unknown[] as readonly Script[]
