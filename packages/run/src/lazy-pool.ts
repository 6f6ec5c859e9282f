import type { Budget } from './budget.ts'

export class LazyPool implements AsyncDisposable {
  readonly budget: Budget
  constructor(budget: Budget) {
    this.budget = budget
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}
