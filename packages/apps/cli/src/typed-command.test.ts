import { expect, test } from 'vitest'
import { typedCommand } from './typed-command.ts'

test.each([
  [
    ['run', 'shop', '--param', 'buyer=zoe@example.org', '--threads', '2'],
    'run shop --param buyer=… --threads 2',
  ],
  [['run', '--param=token=a=b c', '--dry-run'], 'run --param=token=… --dry-run'],
  [['run', '--param', 'forgotten'], 'run --param …'],
  [['replay', 'shop', '--stage', 'lines'], 'replay shop --stage lines'],
])('%j is noted without the values of its parameters', (args, told) => {
  expect(typedCommand(args)).toBe(`sillage ${told}`)
})
