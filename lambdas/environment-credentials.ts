/**
 * Stands in bundles for `@aws-sdk/credential-provider-node` (lib/bundling.ts), whose ways to profiles, SSO and instance
 * metadata are a sixth of each bundle. A function's role comes in the environment and lasts longer than its instance.
 */
export function defaultProvider() {
  return () =>
    Promise.resolve({
      accessKeyId: variableOf('AWS_ACCESS_KEY_ID'),
      secretAccessKey: variableOf('AWS_SECRET_ACCESS_KEY'),
      ...(process.env['AWS_SESSION_TOKEN'] !== undefined && {
        sessionToken: process.env['AWS_SESSION_TOKEN'],
      }),
    });
}

function variableOf(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`environment variable ${name}: wanted the role's, got none`);
  return value;
}
