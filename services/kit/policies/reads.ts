// Where a node reads from when its region has a replica of the database.
import { onOff } from './setting.ts'

export const reads = {
  readFromPrimary: onOff({
    default: false,
    kinds: ['products'],
    does: "Reads from the primary although the region has a replica: never stale, at the price of the primary's distance and load.",
    cures: ['stale-read'],
  }),
  readYourWrites: onOff({
    default: true,
    kinds: ['products'],
    does: 'Sends a read that must see a certain write (`x-read-after`) to the primary while the replica has not replayed it.',
    cures: ['stale-read'],
  }),
} as const
