"""What tests share: factories, servers, the environment, helpers of the desk and of markup."""
