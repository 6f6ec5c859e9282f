import { type ErrorFacts, SillageError } from './sillage-error.ts'

type SystemError = Error & { readonly code: string; readonly path?: string; readonly syscall?: string }

/** A failed call of the operating system in words for a user; undefined for any other error. */
export function systemFailure(error: unknown): SillageError | undefined {
  if (!isSystemError(error)) return undefined
  const facts = describe(error)
  return facts && new SillageError({ cause: error, ...facts })
}

function describe({ code, path, syscall }: SystemError): ErrorFacts | undefined {
  const what = path ?? 'A file'
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        code: 'disk_full',
        message: 'The disk is full',
        hint: 'free some space, then run again: finished steps are kept',
      }
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'not_writable',
        message: `${what} cannot be ${syscall === 'open' || syscall === 'scandir' ? 'opened' : 'written'} (${code})`,
        hint: 'check the permissions of the folder; a run writes to .sillage and marts of its project',
      }
    case 'ENOTDIR':
    case 'EEXIST':
      return {
        code: 'not_writable',
        message: `${what} cannot be made: a file stands in the way`,
        hint: 'move that file away, then run again',
      }
    case 'ENAMETOOLONG':
      return {
        code: 'name_too_long',
        message: `A file name is too long (${syscall})`,
        hint: 'choose shorter names',
      }
    case 'EMFILE':
    case 'ENFILE':
      return {
        code: 'too_many_files',
        message: 'Too many files are open at once',
        hint: 'raise the limit (ulimit -n), or read fewer files at once',
      }
    case 'ENOENT':
      return syscall === 'mkdir'
        ? {
            code: 'not_writable',
            message: `${what} cannot be made`,
            hint: 'check that its folder can be written',
          }
        : {
            code: 'file_not_found',
            message: `${what} does not exist`,
            hint: 'was it moved while this ran? Try again',
          }
    default:
      return undefined
  }
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}
