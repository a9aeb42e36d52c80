/** The package declares no types; as far as the tests use it. */
declare module 'asl-validator' {
  /** Checks a definition against the grammar of the Amazon States Language. */
  export default function aslValidator(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
  };
}
