// Arguments that several commands take, with errors that name what is allowed.
import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { maxRequestsPerSecond } from '../control-plane/contract.ts'

/** Requests a second: a number from 0. */
export function parseRate(text: string): number {
  const rate = Number(text)
  if (text.trim() === '' || !(rate >= 0 && rate <= maxRequestsPerSecond)) {
    throw new InvalidArgumentError(`It must be a number of requests a second from 0 to ${maxRequestsPerSecond}.`)
  }
  return rate
}

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return value
  }
}

/** A file that can be read, as an absolute path. */
export function readableFile(path: string): string {
  try {
    accessSync(path, constants.R_OK)
  } catch {
    throw new InvalidArgumentError('There is no such file, or it may not be read.')
  }
  return resolve(path)
}
