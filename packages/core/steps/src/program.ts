import type { ProgramStep } from '@sillage/plan'
import { conserve } from './conservation.ts'
import { justThis, type StepStyle } from './style.ts'

/** Code in a worker over tables that the engine keeps for it; then the statements of its rows. */
export const programStyle: StepStyle<ProgramStep> = {
  worksInWorkers: true,
  prepare: async (step, { pool, note, signal }) =>
    justThis({
      kind: 'program',
      step,
      run: async (tables) => {
        const { stage, plugin, module, config, asOf, relations, inputColumns: columns, expressions } = step
        const statements = await (await pool.get()).program(
          { plugin, module, config, asOf, relations, columns, expressions },
          { tables, note: (text) => note(stage, text), signal },
        )
        await pool.close()
        return statements
      },
    }),
  account: async ({ step, made, tally }) =>
    conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn: await tally.read(step, made.read),
      rowsOut: made.accepted,
      rejected: made.refused,
      grouped: made.grouped,
    }),
}
