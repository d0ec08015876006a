// The shop's seeded customers: the same people for every seed, so that a documented log-in works on every data directory.
import type { Region } from '../kit/control/document.ts'
import type { Address } from '../orders/contract.ts'
import { countries } from './countries.ts'
import { createRandom, intBetween, pick, type Random, seedFor, uuidOf } from './random.ts'

/** The password of every seeded customer. Everybody may know it: the shop is a demonstration and listens on loopback only. */
export const DEMO_PASSWORD = 'faultline-demo'
export const CUSTOMER_COUNT = 500

export type Customer = { id: string; email: string; name: string; region: Region; address: Address }

const regions = ['na', 'eu', 'asia'] as const

/** The first `count` customers; they take turns between the three regions. */
export function buildCustomers(count: number = CUSTOMER_COUNT): Customer[] {
  const takenEmails = new Set<string>()
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seedFor(0, 'customer', index))
    const person = drawPerson(random, regions[index % regions.length] ?? 'na')
    return { id: uuidOf(random), ...person, email: freeEmail(person.name, random, takenEmails) }
  })
}

/** A name, region and address; also what people who sign up bring along. */
export function drawPerson(random: Random, region: Region): Pick<Customer, 'name' | 'region' | 'address'> {
  const country = pick(
    random,
    countries.filter((candidate) => candidate.region === region),
  )
  const name = `${pick(random, country.firstNames)} ${pick(random, country.lastNames)}`
  const [city, postalCode] = pick(random, country.cities)
  const street = pick(random, country.streets)
  const number = intBetween(random, 1, 180)
  return {
    name,
    region,
    address: {
      name,
      street: country.numberLast ? `${street} ${number}` : `${number} ${street}`,
      city,
      postalCode,
      country: country.code,
    },
  }
}

/** `Zofia Dąbrowski` becomes `zofia.dabrowski`. */
export function mailboxOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ł/g, 'l')
    .replace(/ß/g, 'ss')
    .replace(/ /g, '.')
    .replace(/[^a-z.-]/g, '')
}

function freeEmail(name: string, random: Random, taken: Set<string>): string {
  const mailbox = mailboxOf(name)
  const domain = pick(random, ['example.com', 'example.org'])
  let email = `${mailbox}@${domain}`
  for (let suffix = 2; taken.has(email); suffix++) email = `${mailbox}${suffix}@${domain}`
  taken.add(email)
  return email
}
