import { Command } from 'commander'
import { expect, it } from 'vitest'
import { registerCommands } from './index.ts'

function namesWhere(asked: string | undefined): readonly string[] {
  const program = new Command()
  registerCommands(program, asked)
  return program.commands.map((command) => command.name())
}

it('a command that is asked for is registered alone, under its own name; anything else registers all', () => {
  const all = namesWhere(undefined)
  expect(all).toContain('validate')
  for (const name of all) expect(namesWhere(name)).toEqual([name])
  for (const none of ['--help', 'help', 'valdate', 'toString']) expect(namesWhere(none)).toEqual(all)
})
