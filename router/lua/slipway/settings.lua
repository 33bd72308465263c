-- What init.lua read from the environment and the state directory.
return {}
