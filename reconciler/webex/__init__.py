"""The only door to HTTP: session, retries, error translation, credentials, and the reader and writer of a tenant."""
