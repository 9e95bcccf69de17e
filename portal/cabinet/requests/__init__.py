"""The resident's requests: to dispatch, to put a meter into service, to replace or verify one."""
