/** Tenants, events, pipelines, regions and representations: they stand in URLs, keys and headers as they are. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
