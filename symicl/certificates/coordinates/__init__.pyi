from . import matrices as matrices
from . import phases as phases
from .agreement import Agreement as Agreement
from .agreement import recheck as recheck
from .entries import entry as entry
from .entries import mean_of_product as mean_of_product
from .gaussian import Gaussians as Gaussians
from .matrices import Matrix as Matrix
