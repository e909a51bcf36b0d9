echo no program
