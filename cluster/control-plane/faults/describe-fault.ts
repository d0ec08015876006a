// A fault of the catalogue as the API shows it: its schemas become JSON Schema.
import { z } from 'zod'
import type { Fault } from '../../../faults/fault.ts'
import { commandsOf, nameOf, policiesOf } from '../../../faults/remedy.ts'
import type { FaultInfo } from './contract.ts'
import { type DatabaseServer, serversFor } from './refusals.ts'

/** @param servers of the cluster that it is described for */
export function describeFault(fault: Fault, servers: readonly DatabaseServer[]): FaultInfo {
  const { id, term, layer, description, impact, redHerring, remedies, signature, example } = fault
  return {
    id,
    term,
    layer,
    targets: [...fault.targets],
    databases: fault.targets.includes('database') ? serversFor(fault, servers) : [],
    description,
    parameters: parametersInfo(fault),
    signature: { promql: signature.promql, alert: signature.alert },
    impact: { indicator: impact.indicator?.promql ?? null, text: impact.text },
    remedies: remedies.map((remedy) => ({
      name: nameOf(remedy),
      why: remedy.why,
      policies: policiesOf(remedy).map(({ policy }) => policy),
      commands: commandsOf(remedy, id),
    })),
    redHerring,
    example: (example.small ?? example.full) ? { ...(example.small ?? example.full) } : null,
  }
}

export function parametersInfo(fault: Fault): FaultInfo['parameters'] {
  return Object.entries(fault.parameters.shape).map(([name, schema]) => parameterInfo(name, schema))
}

function parameterInfo(name: string, schema: unknown): FaultInfo['parameters'][number] {
  // The shape of a zod object holds zod schemas.
  const json: Record<string, unknown> = z.toJSONSchema(schema as z.ZodType, { io: 'output', unrepresentable: 'any' })
  const { $schema: _dialect, description = '', default: byDefault, ...rest } = json
  return { name, description: String(description), schema: rest, default: byDefault }
}
