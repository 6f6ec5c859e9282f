import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { answerOf } from './answer-of.ts'

const never = new Promise<never>(() => undefined)

test('gives what was promised, or what it threw', async () => {
  const { signal } = new AbortController()
  expect(await answerOf(1, { plugin: 'p', signal })).toBe(1)
  expect(await answerOf(Promise.resolve(2), { plugin: 'p', signal })).toBe(2)
  await expect(answerOf(Promise.reject(new Error('no')), { plugin: 'p', signal })).rejects.toThrow('no')
})

test('does not wait once it was told to end, before or after', async () => {
  const abort = new AbortController()
  const waiting = answerOf(never, { plugin: 'p', signal: abort.signal })
  abort.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  await expect(answerOf(1, { plugin: 'p', signal: abort.signal })).rejects.toThrow('stopped')
})

test('what answers within its grace is heard', async () => {
  const abort = new AbortController()
  let answer = (_: string): void => undefined
  const promised = new Promise<string>((resolve) => {
    answer = resolve
  })
  const waiting = answerOf(promised, { plugin: 'p', signal: abort.signal, graceMs: 60_000 })
  abort.abort(new Error('stopped'))
  setTimeout(() => answer('sent'), 10)
  expect(await waiting).toBe('sent')
})

test('a process with nothing left to do says who never answers, where Node would end as if all had gone well', async () => {
  const module = new URL('../dist/answer-of.js', import.meta.url).href
  const script = `import { answerOf } from ${JSON.stringify(module)}
const ask = (promised, plugin) => answerOf(promised, { plugin, signal: new AbortController().signal })
void ask(1, 'first').then(() => ask(new Promise(() => {}), 'collect/own')).catch(({ code, message }) => console.log(code, message))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  expect(stdout).toMatch(/^plugin_never_answers plugin collect\/own waits for what will never come/)
})
