// Whether an answer that is not the one that its sender made is used.
import { onOff } from './setting.ts'

export const checksums = {
  verifyChecksums: onOff({
    default: false,
    does: "Refuses an answer whose body does not fit its sender's checksum, as if the connection had broken before it: what may be repeated is asked again. When off, damaged answers are counted, and used.",
    cures: ['silent-corruption'],
  }),
} as const
