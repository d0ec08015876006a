// Faults for people: the catalogue, one of it, and what is active.
import type { FaultInfo, InjectedFault } from '../../control-plane/faults/contract.ts'
import type { Output } from '../context.ts'
import { cut, fitLeft, plain, width } from './cells.ts'

type Row = readonly string[]

/** Columns as wide as their widest cell; the last takes what is left of the terminal. */
function table(head: Row, rows: readonly Row[], { colors, columns }: Output): string {
  const widths = head.map((title, i) => Math.max(width(title), ...rows.map((row) => width(row[i] ?? ''))))
  const used = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0)
  const line = (row: Row) =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cut(cell, Math.max(20, columns - used)) : fitLeft(cell, widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [colors.dim(line(head)), ...rows.map((row) => line(row.map(plain)))].join('\n')
}

export function catalogueTable(faults: readonly FaultInfo[], out: Output): string {
  const rows = faults.map((fault) => [
    fault.id,
    fault.layer,
    fault.targets.join(' '),
    fault.parameters.map(({ name }) => name).join(' '),
    fault.term,
  ])
  return `${table(['FAULT', 'LAYER', 'TARGETS', 'PARAMETERS', 'TERM'], rows, out)}\n\n${out.colors.dim('faultline fault show ID tells more')}`
}

export function activeFaultsTable(faults: readonly InjectedFault[], out: Output): string {
  const rows = faults.map((one) => [
    one.id,
    one.target,
    `${Math.ceil(one.remainingS)} s`,
    one.secret ? 'secret' : '',
    Object.entries(one.parameters)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
  ])
  return table(['INJECTION', 'TARGET', 'LEFT', '', 'PARAMETERS'], rows, out)
}

export function describeFaultInfo(fault: FaultInfo, { colors, columns }: Output): string {
  const section = (title: string, lines: readonly string[]) => [
    '',
    colors.dim(title),
    ...lines.flatMap((line) => wrap(plain(line), columns - 2)).map((line) => `  ${line}`),
  ]
  return [
    `${colors.bold(fault.id)}  ${fault.term}, ${fault.layer}; acts on ${fault.targets.join(', ')}`,
    ...section('WHAT', [fault.description]),
    ...section('PARAMETERS', fault.parameters.length === 0 ? ['none'] : fault.parameters.map(parameterLine)),
    ...section('SHOWS AS', [
      fault.signature.promql,
      fault.signature.alert ? `alert ${fault.signature.alert}` : 'no alert',
    ]),
    ...section('CUSTOMERS', [fault.impact.text]),
    ...section(
      'HELPS',
      fault.remedies.flatMap(({ name, why, commands }) => [
        `${name}: ${why}`,
        ...commands.map((command) => `$ ${command}`),
      ]),
    ),
    ...section('MISLEADS', [fault.redHerring]),
  ].join('\n')
}

function parameterLine({ name, description, schema, default: byDefault }: FaultInfo['parameters'][number]): string {
  const { minimum, maximum, enum: options, unit } = schema
  const range = Array.isArray(options)
    ? `one of ${options.join(', ')}`
    : minimum === undefined
      ? ''
      : `${String(minimum)}–${String(maximum)}${typeof unit === 'string' ? ` ${unit}` : ''}`
  return `${name} = ${String(byDefault)}  ${[range, description].filter(Boolean).join('; ')}`
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
