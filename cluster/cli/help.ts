// How the help of all commands looks.
import { Help, type HelpConfiguration, Option } from 'commander'

/** Options of the program are listed with each command, which takes them before and after its name. */
export const helpStyle: HelpConfiguration = {
  showGlobalOptions: true,
  optionDescription(this: Help, option) {
    return Help.prototype.optionDescription.call(this, hasTellingDefault(option) ? option : withoutDefault(option))
  },
}

/** That a flag is off and a list is empty by default, goes without saying. */
function hasTellingDefault({ defaultValue }: Option): boolean {
  if (typeof defaultValue === 'object' && defaultValue !== null) return Object.keys(defaultValue).length > 0
  return defaultValue !== false
}

function withoutDefault({ flags, description }: Option): Option {
  return new Option(flags, description)
}
