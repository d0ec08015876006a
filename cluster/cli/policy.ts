// `faultline policy …`: the remedies as live settings: what there is, what is in force, and changes of it.
import type { Command } from 'commander'
import type { PolicyTarget } from '../control-plane/policies/policy-contract.ts'
import { isNodeKind, nodeKinds } from '../topology/kinds.ts'
import { type CliContext, CliError } from './context.ts'
import { findSpec, parsePolicyValue } from './policy-values.ts'
import { changedLines, policyBlock, policyCatalogueTable, policyValuesTable } from './render/policy-blocks.ts'

type TargetOptions = { caller?: string; callee?: string; kind?: string; json?: true }

export function registerPolicy(program: Command, context: CliContext): void {
  const policy = program
    .command('policy')
    .description('the remedies as live settings: timeouts, retries, breakers, queues, caches …')
  registerReading(policy, context)
  registerSet(policy, context)
  registerReset(policy, context)
}

/** Options that say what a command is for. */
function withTarget(command: Command): Command {
  return command
    .option('--caller <kind>', 'of calls: the kind of node that calls')
    .option('--callee <kind>', 'of calls: the kind of node that is called')
    .option('--kind <kind>', 'of a kind of node')
    .option('--json', 'print JSON')
}

function registerReading(policy: Command, { control, out }: CliContext): void {
  withTarget(
    policy.command('list').description('every policy with its default, or the values of a call or a kind of node'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  faultline policy list\n  faultline policy list --caller gateway --callee orders\n  faultline policy list --kind products',
    )
    .action(async (options: TargetOptions) => {
      const target = targetOf(options)
      const policies = await control().getPolicies({ query: target })
      if (options.json) return out.printJson(policies)
      const isWhole = Object.keys(target).length === 0
      out.print(isWhole ? policyCatalogueTable(policies, out) : policyValuesTable(policies, out))
    })

  policy
    .command('show')
    .description('one policy: what it does, its range, which faults it helps against, where it is changed')
    .argument('<name>', 'for instance retryBudget')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: true }) => {
      const policies = await control().getPolicies({ query: {} })
      const spec = findSpec(policies.catalogue, name)
      if (json) out.printJson(spec)
      else out.print(policyBlock(spec, policies, out))
    })
}

function registerSet(policy: Command, { control, out }: CliContext): void {
  withTarget(
    policy
      .command('set')
      .description('set a policy, at once and without a restart; everywhere unless a target is named')
      .argument('<name>', 'for instance timeoutMs')
      .argument('<value>', 'a number, on or off, or one of the choices'),
  )
    .addHelpText(
      'after',
      `
Examples:
  faultline policy set timeoutMs 750 --caller gateway --callee orders
  faultline policy set retryBudget off --callee payments
  faultline policy set queueDiscipline lifo --kind orders
  faultline policy set synchronousReplication any`,
    )
    .action(async (name: string, text: string, options: TargetOptions) => {
      const target = targetOf(options)
      const { catalogue } = await control().getPolicies({ query: {} })
      const spec = findSpec(catalogue, name)
      const value = parsePolicyValue(spec, text)
      const outcome = await control().setPolicy({ params: { name: spec.name }, body: { value, ...target } })
      if (options.json) return out.printJson(outcome)
      out.print(changedLines(outcome.changed, catalogue).join('\n') || `${spec.name} has that value already`)
      if (!outcome.applied) out.note('not every node has it yet: one does not answer')
    })
}

function registerReset(policy: Command, { control, out }: CliContext): void {
  withTarget(
    policy
      .command('reset')
      .description('put a policy back to its default, or all of them')
      .argument('[name]', 'for instance timeoutMs')
      .option('--all', 'every policy; of the target only when one is named'),
  ).action(async (name: string | undefined, { all, ...options }: TargetOptions & { all?: true }) => {
    if ((name === undefined) === (all === undefined)) throw new CliError('name a policy, or give --all')
    const query = targetOf(options)
    const { catalogue } = await control().getPolicies({ query: {} })
    const outcome =
      name === undefined
        ? await control().resetPolicies({ query })
        : await control().resetPolicy({ params: { name: findSpec(catalogue, name).name }, query })
    if (options.json) return out.printJson(outcome)
    out.print(changedLines(outcome.changed, catalogue).join('\n') || 'nothing was changed')
    if (!outcome.applied) out.note('not every node has it yet: one does not answer')
  })
}

/** Throws `CliError` for what is no kind of node. */
function targetOf({ caller, callee, kind }: TargetOptions): PolicyTarget {
  const target: PolicyTarget = {}
  for (const [option, value] of Object.entries({ caller, callee, kind })) {
    if (value === undefined) continue
    if (!isNodeKind(value))
      throw new CliError(`--${option}: there is no kind ${value}; there are ${nodeKinds.join(', ')}`)
    target[option as keyof PolicyTarget] = value
  }
  return target
}
