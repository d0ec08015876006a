// Starts the load generator.
import '../../otel/sdk/register.ts'
import type { ControlDocument } from '../kit/control/document.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { LoadSettings } from './contract.ts'
import { readJourneys } from './journeys.ts'
import { createLoad } from './load.ts'
import { createShopCaller } from './shop-caller.ts'

/** Leaves time to send the last spans before the supervisor loses patience. */
const LEAVE_MS = 2_000

runNode('load', ({ config, log, metrics, control, onClose }) => {
  const journeys = readJourneys(config.journeysFile)
  const shop = createShopCaller({ control, log, metrics })
  const load = createLoad({ journeys, seed: config.seed, send: shop.send, log, metrics })
  onClose(async () => {
    load.stop()
    await shop.close(LEAVE_MS)
  })

  let hasBegun = false
  const apply = ({ endpoints, settings }: ControlDocument) => {
    // Nobody comes before the shop has opened; once it has, they come whatever happens to it.
    hasBegun ||= (endpoints.frontdoor ?? []).length > 0
    const parsed = LoadSettings.safeParse(settings)
    if (parsed.success) load.setRate(hasBegun ? parsed.data.requestsPerSecond : 0)
    else if (Object.keys(settings).length > 0) log.warn('the settings make no sense; the rate stays as it is')
  }
  return {
    app: createApp({ load, log }),
    start() {
      apply(control.document())
      control.onChange(apply)
    },
  }
})
