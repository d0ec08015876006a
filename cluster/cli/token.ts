// `faultline token`: the token of the run, for whoever talks to its control plane without this program.
import type { Command } from 'commander'
import type { CliContext } from './context.ts'

export function registerToken(program: Command, context: CliContext): void {
  program
    .command('token')
    .description("print the token of the running cluster, for requests to its control plane's API")
    .addHelpText(
      'after',
      '\nExamples:\n  $ curl -H "authorization: Bearer $(npx faultline token)" http://127.0.0.1:7070/v1/faults\n' +
        '  $ npx faultline open control    # the OpenAPI document\n\nWhoever has it may change everything in the cluster. It is another one in each run.',
    )
    .action(() => context.out.print(context.run().token))
}
